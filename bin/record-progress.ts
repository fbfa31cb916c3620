/** How a recording is under way, on one line of the terminal. */
import type { RecordingWriter } from '../runtime/recording/recording-writer.ts'

export const gigabyte = 1e9

export function showProgress(writer: RecordingWriter, elapsedMs: number, more = ''): void {
  // On a terminal one line is renewed; in a log every line would be one too many.
  if (process.stderr.isTTY) process.stderr.write(`\r${progressText(writer, elapsedMs)}${more}  `)
}

export function progressText({ counts, bytes }: RecordingWriter, elapsedMs: number): string {
  const { weights, people, sightings, gate } = counts
  const what = `${weights} batches, ${people} frames, ${sightings} sightings, ${gate} gate events`
  return `${clockTime(elapsedMs)}: ${what}, ${(bytes / 1e6).toFixed(1)} MB`
}

function clockTime(ms: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}`
}
