/** Elements of the editor's pages. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}

/** A button of the editor's look with a sign alone; `title` names it to everybody. */
export function iconButton(icon: string, title: string, onClick: () => void): HTMLButtonElement {
  const element = make('button', { type: 'button', className: 'red-ui-button red-ui-button-small', title })
  element.setAttribute('aria-label', title)
  element.append(make('i', { className: `fa fa-${icon}` }))
  element.addEventListener('click', onClick)
  return element
}

export function textButton(text: string, onClick: () => void): HTMLButtonElement {
  const element = make('button', { type: 'button', className: 'red-ui-button', textContent: text })
  element.addEventListener('click', onClick)
  return element
}

/** A control under its name. */
export function named(text: string, control: HTMLElement): HTMLLabelElement {
  return make('label', { className: 'aisle-part' }, text, control)
}
