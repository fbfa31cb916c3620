/** Does `work` again and again while the element is seen, until it is taken away. What `work` throws ends it. */
export async function whileShown(element: HTMLElement, pauseMs: number, work: () => Promise<void>): Promise<void> {
  while (element.isConnected) {
    if (element.checkVisibility()) await work()
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
