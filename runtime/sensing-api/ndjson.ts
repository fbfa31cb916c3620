import { AisleError } from '../contract/errors.ts'

/**
 * The lines of a byte stream, without their line ends.
 * @throws AisleError `stream-line-too-long`, rather than collecting without end
 */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>, maxLength = 4e6): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield line
    if (rest.length > maxLength) {
      throw new AisleError('stream-line-too-long', `A line is longer than ${maxLength} characters.`, {
        action: 'Check what listens on this port.',
      })
    }
  }
}
