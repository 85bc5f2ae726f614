/** Stands for the package that linkedom takes where it is installed. */
export default {};
