import HTTPServer
import Kernel
import Mail
import Presentation
import ServiceKit

/// The gateway's configuration.
public struct GatewaySettings: Sendable {
    public var common: CommonSettings
    public var internalPort: UInt16
    /// The internal port of the primary gateway; nil: this is the primary one.
    public var primaryURL: ServiceURL?
    public var entitiesURL: ServiceURL?
    public var organizationsURL: ServiceURL?
    public var integrationsURL: ServiceURL?
    public var invitationsURL: ServiceURL?
    public var adminEmail: String
    /// For secrets at rest: pending mails and the digests of sign-in codes.
    public var encryptionSecrets: SecretList
    public var mail: MailSettings
    /// The sender of our mails.
    public var mailSender: Mailbox?
    /// Seconds that a share waits for others, to be in one mail.
    public var shareMailDelay: Int
    /// How pages and mails look.
    public var brand: Brand
    public var isSignUpOpen: Bool
    /// Sign-in requests of one client address in an hour; 0: no limit.
    public var signInLimit: Int
    /// Unknown users that one caller can name in a day; 0: no limit.
    public var unknownUserLimit: Int
    /// The first admin's token; nil creates none.
    public var adminToken: String?
    /// Milliseconds without progress after which a service times out.
    public var upstreamTimeout: Int
    /// The folder with the console's files; nil: it isn't served.
    let consoleFolder: String?
    /// Where deploy/backup writes when the last one was; nil: elsewhere.
    let backupMetrics: String?
    /// Milliseconds between "not ready" and the end of accepting connections.
    public var drainDelay: Int
    let gate: GateSettings
    /// Whose JWTs are accepted.
    public var jwtIssuers: [JWTIssuer]
    /// Where people sign in on our pages; nil: with a mailed code alone.
    public var oidc: OIDCSettings?

    public init(_ settings: inout Settings, _ common: CommonSettings) {
        self.common = common
        internalPort = settings.port(
            "LATCHKEY_INTERNAL_PORT", default: 8100,
            "Port of the internal directory of users, and of /readyz and /metrics")
        if internalPort != 0, internalPort == common.server.port {
            settings.reject("LATCHKEY_INTERNAL_PORT", "must differ from LATCHKEY_PORT")
        }
        primaryURL = settings.url(
            "LATCHKEY_PRIMARY_URL", default: "",
            "Makes this an edge gateway: URL of the primary gateway's internal port, such as "
                + "http://gateway:8100. It opens no database, and needs no setting of users, "
                + "mail and sign-in")
        if primaryURL != nil, !common.keys.connectGateways {
            settings.reject(
                "LATCHKEY_INTERNAL_KEYS", "must have the key gateway>gateway: derive the keys anew")
        }
        entitiesURL = settings.url(
            "LATCHKEY_ENTITIES_URL", default: "http://127.0.0.1:8101",
            "URL of the entities service")
        organizationsURL = settings.url(
            "LATCHKEY_ORGANIZATIONS_URL", default: "http://127.0.0.1:8102",
            "URL of the organizations service")
        integrationsURL = settings.url(
            "LATCHKEY_INTEGRATIONS_URL", default: "http://127.0.0.1:8103",
            "URL of the integrations service")
        invitationsURL = settings.url(
            "LATCHKEY_INVITATIONS_URL", default: "http://127.0.0.1:8104",
            "URL of the invitations service")
        encryptionSecrets = settings.secrets(
            "LATCHKEY_ENCRYPTION_SECRET", minimumBytes: 32,
            "Key for secrets at rest (pending mails, sign-in codes), at least 32 random bytes; "
                + "LATCHKEY_INTERNAL_SECRET by default, if that is set",
            fallback: common.internalSecrets ?? (primaryURL == nil ? nil : SecretList([])))
        mail = MailSettings(&settings, dataDirectory: common.dataDirectory)
        mailSender = MailSettings.sender(&settings)
        shareMailDelay = settings.integer(
            "LATCHKEY_SHARE_MAIL_DELAY", default: 60, in: 0...3_600,
            "Seconds after which users are mailed what was shared with them; several shares in "
                + "this time are one mail")
        brand = Brand(&settings)
        isSignUpOpen =
            settings.choice(
                "LATCHKEY_SIGNUP", default: "open",
                "Whether signing in with a new address creates a user",
                ["open", "closed"], { ["open": true, "closed": false][$0] }) ?? true
        signInLimit = settings.integer(
            "LATCHKEY_SIGN_IN_LIMIT", default: 300, in: 0...1_000_000,
            "Sign-in requests (for codes and with codes) of one client address in an hour; 0: no "
                + "limit")
        unknownUserLimit = settings.integer(
            "LATCHKEY_UNKNOWN_USER_LIMIT", default: 1_000, in: 0...1_000_000_000,
            "Unknown addresses, usernames and user ids that one caller can name in a day, in "
                + "shares, members and owners; 0: no limit")
        upstreamTimeout = settings.integer(
            "LATCHKEY_UPSTREAM_TIMEOUT", default: 10_000, in: 100...600_000,
            "Milliseconds without progress after which a request to a service times out (504)")
        backupMetrics = settings.text(
            "LATCHKEY_BACKUP_METRICS",
            "Folder with backup.prom and drill.prom of deploy/backup and deploy/drill, for metrics")
        consoleFolder = settings.consoleFolder()
        drainDelay = settings.integer(
            "LATCHKEY_DRAIN_DELAY", default: 0, in: 0...60_000,
            "Milliseconds for which a gateway that stops reports that it isn't ready, and still "
                + "serves, so that a load balancer notices")
        gate = GateSettings(&settings)
        (jwtIssuers, oidc) = (settings.jwtIssuers(), settings.oidc(common.publicURL))
        (adminEmail, adminToken) = Self.admin(&settings)
    }

    private static func admin(_ settings: inout Settings) -> (email: String, token: String?) {
        let text = settings.text(
            "LATCHKEY_ADMIN_EMAIL", default: "admin@localhost",
            "E-mail address of the first platform admin")
        let email = (try? Text.email(text, pointer: "")) ?? ""
        if email.isEmpty {
            settings.reject("LATCHKEY_ADMIN_EMAIL", "must be an e-mail address")
        }
        let token = settings.text(
            "LATCHKEY_ADMIN_TOKEN",
            "Token of the first platform admin, who is created if there is no admin: sk_live_, "
                + "43 base62 characters, 6 of their CRC-32")
        if let token, !isToken(token) {
            settings.reject("LATCHKEY_ADMIN_TOKEN", "must be a token such as --make-token prints")
        }
        return (email, token)
    }

    private static func isToken(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBytes { APIToken.isWellFormed($0) }
    }
}
