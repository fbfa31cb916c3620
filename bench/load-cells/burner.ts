/** Keeps one core busy, as inference on pictures does, until its parent is gone. */
process.on('disconnect', () => process.exit(0))
const values = new Float32Array(65_536).fill(1.0001)

function burn(): void {
  const untilMs = performance.now() + 50
  while (performance.now() < untilMs)
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * 0.9999 + 0.0001
  setImmediate(burn)
}
burn()
