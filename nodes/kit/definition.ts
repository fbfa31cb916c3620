/**
 * What a node is, as data: its folder's `definition.ts` exports one of these as default. The build makes the
 * editor's part from it (registration, dialog, help), the kit makes the runtime's part, the wire check reads
 * what its ports carry, and the tests walk over all of them.
 */
import type { TSchema } from 'typebox'
import type { MessageType } from '../../runtime/contract/messages.ts'
import type { NodeMigration } from './migrate-settings.ts'

export interface Port {
  /** Key of the port's label in the node's texts. */
  name: string
  /** Message types that this port takes or sends. */
  types: readonly MessageType[]
}

export interface NodeDefinition<S extends TSchema = TSchema> {
  /** Node-RED's type, `aisle-` and the folder's name. */
  type: `aisle-${string}`
  /** A config node (`store`) has no ports. */
  kind: 'config' | 'node'
  /**
   * Version of its settings; saved with each node as `version`, beside the settings themselves, which stand at the
   * top level next to Node-RED's `name` and our `store` (id of the config node).
   */
  version: number
  /** Background in the palette. */
  color: string
  /** Fixed inputs: at most one in Node-RED, which may take several message types. */
  input: Port | null
  outputs: readonly Port[]
  /**
   * Schema of the settings that the dialog edits (beside name and store): types, bounds and defaults. A string
   * property with `format: 'profile-group' | 'profile-zone' | 'profile-gate' | 'profile-camera-group' | 'profile-appliance'`
   * is offered as a choice of the profile's names ('' means all).
   */
  settings: S
  migrations: readonly NodeMigration[]
}
