/** Runs jobs one after the other, in order of arrival. A job that fails does not hold up the next. */
export type Queue = <T>(job: () => Promise<T>) => Promise<T>;

/** An empty queue. */
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const result = last.then(job);
    // Whoever asked for the job sees its error.
    last = result.catch(() => {});
    return result;
  };
}
