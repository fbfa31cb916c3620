/** The secrets that the platform makes for itself at its first start; all others are the integrator's. */
export const generatedSecrets = {
  /** Bearer tokens of the till's clients; each may do only what its role in the till's API allows. */
  tillTokenFlows: 'till-token-flows',
  tillTokenConsole: 'till-token-console',
  /** Whoever registers shoppers: an app's backend, and the twin in its place. */
  tillTokenAccounts: 'till-token-accounts',
  /** Of the kiosks' program: it may look and confirm at kiosks, and nothing else. */
  tillTokenKiosk: 'till-token-kiosk',
  /** Signs what a screen is known by as a kiosk, and the links by which it becomes one. */
  kioskKey: 'kiosk-key',
  /** Signs the head of the till's journal once a day (Ed25519). Keep a copy of it apart from the data. */
  journalKey: 'journal-key',
  sensingToken: 'sensing-token',
  /** With which sensing asks the vision program for pictures. */
  visionToken: 'vision-token',
  /** With which the console asks it for blurred pictures of a review, and for nothing else. */
  evidenceToken: 'evidence-token',
  /** Signs the login cookie that console and editor share. */
  sessionKey: 'session-key',
  /** Signs the invitations that the console makes and the phones' program takes. */
  phoneInvitations: 'phone-invitations',
  /** Signs what a registered phone is known by. */
  phoneSessions: 'phone-sessions',
  /** Node-RED's credentialSecret. */
  flowCredentials: 'flow-credentials',
  brokerPasswordSensing: 'broker-password-sensing',
  /** Of the till, where doors or readers are on MQTT. */
  brokerPasswordTill: 'broker-password-till',
  /** For vision appliances and other devices; user name is the device's id. */
  brokerPasswordDevices: 'broker-password-devices',
  /** Whoever plays with the twin: pause, add a shopper, break a device. */
  twinControl: 'twin-control',
} as const
