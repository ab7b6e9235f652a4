import Kernel
import Mail
import Presentation
import PublicEvents
import ServiceKit
import Webhooks

/// The configuration of the invitations service.
public struct InvitationsSettings: Sendable {
    public var common: CommonSettings
    public var quotas: InvitationQuotas
    public var gatewayURL: ServiceURL?
    public var entitiesURL: ServiceURL?
    public var organizationsURL: ServiceURL?
    /// The product's public URL for links in e-mails, without a trailing slash.
    public var publicURL: String
    public var mail: MailSettings
    /// The sender of our e-mails.
    public var mailSender: Mailbox?
    /// How our e-mails look.
    public var brand: Brand
    /// Where invitations can lead after the answer.
    public var returnOrigins: ReturnOrigins
    /// They seal pending e-mails and webhooks' secrets, and make links.
    public var encryptionSecrets: SecretList
    /// Whether webhooks can use private and loopback addresses.
    public var allowsPrivateWebhooks: Bool
    /// Ports that webhooks can use, unless private addresses are allowed.
    public var webhookPorts: Set<UInt16>
    /// Seconds after each failed attempt of a delivery.
    public var webhookRetries: [Int]
    /// Deliveries per second to one host and port; 0 for no limit.
    public var webhookHostRate: Int
    /// For how long this service keeps what is its own.
    public var retention: InvitationRetention

    public init(_ settings: inout Settings, _ common: CommonSettings) {
        self.common = common
        gatewayURL = settings.url(
            "LATCHKEY_GATEWAY_URL", default: "http://127.0.0.1:8100",
            "Internal URL of the gateway, which has the user directory")
        entitiesURL = settings.url(
            "LATCHKEY_ENTITIES_URL", default: "http://127.0.0.1:8101", "URL of the entities service"
        )
        organizationsURL = settings.url(
            "LATCHKEY_ORGANIZATIONS_URL", default: "http://127.0.0.1:8102",
            "URL of the organizations service")
        publicURL = common.publicURL?.text ?? "http://127.0.0.1:8080"
        mail = MailSettings(&settings, dataDirectory: common.dataDirectory)
        mailSender = MailSettings.sender(&settings)
        brand = Brand(&settings)
        returnOrigins = ReturnOrigins(&settings, brand)
        encryptionSecrets = settings.secrets(
            "LATCHKEY_ENCRYPTION_SECRET", minimumBytes: 32,
            "Key that encrypts secrets at rest (pending e-mails, links, webhooks), at least 32 "
                + "random bytes; LATCHKEY_INTERNAL_SECRET by default, if that is set",
            fallback: common.internalSecrets)
        allowsPrivateWebhooks = settings.flag(
            "LATCHKEY_WEBHOOK_ALLOW_PRIVATE", default: false,
            "Allow webhooks to use private and loopback addresses and any port")
        let ports = settings.numbers(
            "LATCHKEY_WEBHOOK_PORTS",
            default: WebhookNetwork.usualPorts.sorted().map(Int.init), in: 1...65_535,
            "Ports that webhooks can use, comma-separated")
        webhookPorts = Set(ports.compactMap { UInt16(exactly: $0) })
        webhookRetries = settings.numbers(
            "LATCHKEY_WEBHOOK_RETRIES", default: DeliverySchedule.standard, in: 0...604_800,
            "Seconds to wait after each failed delivery attempt, comma-separated")
        webhookHostRate = settings.integer(
            "LATCHKEY_WEBHOOK_HOST_RATE", default: 20, in: 0...100_000,
            "Maximum deliveries per second to one host and port, across all owners, in bursts of "
                + "up to two seconds' worth; 0 for no limit")
        quotas = InvitationQuotas(&settings)
        retention = InvitationRetention(&settings, tombstones: common.retention.tombstones)
    }
}
