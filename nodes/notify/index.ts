import type { NodeAPI } from 'node-red'
import { registerNode } from '../kit/register-node.ts'
import definition from './definition.ts'
import factory from './node.ts'

export default (RED: NodeAPI) => registerNode(RED, definition, factory)
