/** What we use of Node-RED's editor, in the browser. */

/** A type's registration. */
interface EditorType {
  category: string
  defaults: Record<string, { value: unknown }>
  settingsSchema?: import('./form/schema.ts').FieldSchema
  settingsMigrations?: import('../../kit/migrate-settings.ts').NodeMigration[]
  set: { module: string }
}

interface EditorNode {
  id: string
  type: string
  name?: string
  z?: string
  dirty?: boolean
  _def: EditorType
  /** A text of the node's own catalogue. */
  _(key: string): string
  [property: string]: unknown
}

interface EditorEvents {
  on(event: string, action: (...data: never[]) => void): void
}

declare const RED: {
  _(key: string, values?: Record<string, unknown>): string
  events: EditorEvents
  settings: { apiRootUrl: string }
  comms: { subscribe(topic: string, action: (topic: string, data: unknown) => void): void }
  plugins: { registerPlugin(id: string, definition: { type: string; onadd(): void }): void }
  sidebar: {
    addTab(options: {
      id: string
      label: string
      name: string
      iconClass: string
      content: HTMLElement
      enableOnEdit: boolean
      action: string
    }): void
    show(id: string): void
  }
  actions: { add(name: string, action: () => void): void }
  nodes: {
    node(id: string): EditorNode | null
    getType(type: string): EditorType | undefined
    import(nodes: Record<string, unknown>[] | string, options?: object): unknown
    eachNode(visit: (node: EditorNode) => void): void
    createCompleteNodeSet(): unknown[]
  }
  view: {
    reveal(id: string): void
    redraw(force?: boolean): void
    annotations: {
      register(
        id: string,
        options: {
          type: 'badge'
          class?: string
          element(node: EditorNode): SVGElement
          show(node: EditorNode): boolean
          tooltip(node: EditorNode): string
        },
      ): void
    }
  }
}
