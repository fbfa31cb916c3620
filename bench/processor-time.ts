/** Of this thread: whatever else the machine does is not counted. */
export function processorMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
