/** Makes elements without any markup in strings, so that text stays text. */

/** Where a pointer is in the drawing's own units; undefined while that is not shown. */
export function pointIn(drawing: SVGSVGElement, { clientX, clientY }: MouseEvent): DOMPoint | undefined {
  const toDrawing = drawing.getScreenCTM()?.inverse()
  return toDrawing && new DOMPoint(clientX, clientY).matrixTransform(toDrawing)
}

type Attributes = Record<string, string | number>

export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children)
}

export function html<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(name), attributes, children)
}

function filled<E extends Element>(element: E, attributes: Attributes, children: (Node | string)[]): E {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  element.append(...children)
  return element
}
