import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { badFile } from "../bad-file.ts";

/** What of a pipe is put aside in a temporary file at most: 64 GiB. */
const MAX_SPOOL_BYTES = 2 ** 36;

/**
 * Puts a stream aside in a temporary file, for what must be read from its end. The file loses its name before the first
 * byte is written: nothing is left behind however the process ends. (Windows keeps the name until the handle closes.)
 * @throws FormatError BAD_VECTOR_FILE where the stream fails or passes 64 GiB, or the temporary folder is full
 */
export async function spoolToFile(chunks: AsyncIterable<Uint8Array>, file: string): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), "thawline-"));
  let handle: FileHandle | undefined;
  let length = 0;
  try {
    handle = await open(join(folder, "spool"), "wx+", 0o600);
    await rm(folder, { recursive: true, force: true }).catch(() => {});
    for await (const chunk of chunks) {
      length += chunk.length;
      if (length > MAX_SPOOL_BYTES)
        throw badFile(`more than ${MAX_SPOOL_BYTES} bytes came by a pipe; save them as a file`, { file });
      await handle.writeFile(chunk);
    }
    return handle;
  } catch (cause) {
    await handle?.close();
    throw badFile(`what came by a pipe could not be put aside (${(cause as Error).message}); save it as a file`, {
      file,
      offset: length,
      cause,
    });
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}
