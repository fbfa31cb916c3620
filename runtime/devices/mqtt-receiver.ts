/** Somebody for whom messages come on a program's one MQTT connection. */
export interface MqttReceiver {
  readonly topics: readonly string[]
  take(topic: string, payload: Uint8Array): void
  start(): void
  stop(): void
}
