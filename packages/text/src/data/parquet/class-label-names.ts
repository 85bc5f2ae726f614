/**
 * The names of an integer label column, where the Hugging Face `datasets` library wrote the file: it keeps the features
 * as JSON in the file's metadata, and a ClassLabel's names there. Undefined for any other column or file.
 */
export function classLabelNames(
  metadata: readonly { readonly key: string; readonly value?: string | undefined }[] | undefined,
  column: string,
): readonly string[] | undefined {
  const text = metadata?.find(({ key }) => key === "huggingface")?.value;
  if (text === undefined) return undefined;
  try {
    const features: unknown = JSON.parse(text)?.info?.features;
    if (typeof features !== "object" || features === null || !Object.hasOwn(features, column)) return undefined;
    const feature = (features as Record<string, { readonly _type?: unknown; readonly names?: unknown }>)[column];
    if (feature?._type !== "ClassLabel" || !Array.isArray(feature.names)) return undefined;
    return feature.names.every((name) => typeof name === "string") ? feature.names : undefined;
  } catch {
    // Not what that library writes: then the numbers are the labels.
    return undefined;
  }
}
