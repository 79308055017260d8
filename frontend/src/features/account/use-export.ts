import { useState } from 'react';
import { api, must } from '@/api/client';
import { saveFile } from '@/lib/save-file';

type State =
  | { is: 'idle' | 'done' }
  | { is: 'loading'; bytes: number }
  /** begun: a part of it had come already. */
  | { is: 'failed'; error: unknown; begun: boolean };

/** So many bytes are joined at a time: browsers keep large blobs out of memory, but not their many pieces. */
const PART = 4 * 1024 * 1024;
/** How often, in milliseconds, the page hears how much has come. */
const EVERY = 250;

/** Fetches everything about me and hands it to the browser as a file, whole or not at all. */
export function useExport() {
  const [state, setState] = useState<State>({ is: 'idle' });

  const start = async () => {
    let bytes = 0;
    setState({ is: 'loading', bytes });
    try {
      const stream = await must(api.GET('/users/me/export', { parseAs: 'stream' }));
      let said = Date.now();
      const file = await collect(stream as ReadableStream<Uint8Array<ArrayBuffer>>, (more) => {
        bytes += more;
        if (Date.now() - said < EVERY) return;
        said = Date.now();
        setState({ is: 'loading', bytes });
      });
      saveFile(file, 'emosation.json');
      setState({ is: 'done' });
    } catch (error) {
      setState({ is: 'failed', error, begun: bytes > 0 });
    }
  };
  return { state, start: () => void start() };
}

/** Reads a stream to its end; rejects when it is cut off. */
async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes: (count: number) => void,
): Promise<Blob> {
  const parts: Blob[] = [];
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let held = 0;
  const join = () => {
    parts.push(new Blob(pieces));
    pieces = [];
    held = 0;
  };
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    held += value.byteLength;
    onBytes(value.byteLength);
    if (held >= PART) join();
  }
  join();
  return new Blob(parts, { type: 'application/json' });
}
