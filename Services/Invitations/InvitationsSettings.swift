import Mail
import ServiceKit
import Webhooks

/// The configuration of the invitations service.
public struct InvitationsSettings: Sendable {
    public var common: CommonSettings
    public var quotas: InvitationQuotas
    public var gatewayURL: ServiceURL?
    public var entitiesURL: ServiceURL?
    public var organizationsURL: ServiceURL?
    /// Where people reach the product: for the links in mails. Without a slash at its end.
    public var publicURL: String
    public var mail: MailSettings
    /// Who sends our mails.
    public var mailSender: Mailbox?
    /// With what mails that wait and webhooks' secrets are sealed, and links are made.
    public var encryptionSecret: [UInt8]
    /// Whether webhooks may lead to private and loopback addresses.
    public var allowsPrivateWebhooks: Bool
    /// Ports that webhooks may lead to, unless private addresses are allowed.
    public var webhookPorts: Set<UInt16>
    /// Seconds after each failed attempt of a delivery.
    public var webhookRetries: [Int]
    /// Messages a second at one host and port; 0 for no bound.
    public var webhookHostRate: Int

    public init(_ settings: inout Settings, _ common: CommonSettings) {
        self.common = common
        gatewayURL = settings.url(
            "LATCHKEY_GATEWAY_URL", default: "http://127.0.0.1:8100",
            "The gateway's internal address, where the users' directory is")
        entitiesURL = settings.url(
            "LATCHKEY_ENTITIES_URL", default: "http://127.0.0.1:8101", "The entities service")
        organizationsURL = settings.url(
            "LATCHKEY_ORGANIZATIONS_URL", default: "http://127.0.0.1:8102",
            "The organizations service")
        publicURL = common.publicURL?.text ?? "http://127.0.0.1:8080"
        mail = MailSettings(&settings, dataDirectory: common.dataDirectory)
        mailSender = MailSettings.sender(&settings)
        encryptionSecret = settings.secret(
            "LATCHKEY_ENCRYPTION_SECRET", minimumBytes: 32,
            "Key of the secrets at rest (mails on their way, links, webhooks), at least 32 random "
                + "bytes; LATCHKEY_INTERNAL_SECRET if empty and that is set. It can't be changed "
                + "once there are some", fallback: common.internalSecret)
        allowsPrivateWebhooks = settings.flag(
            "LATCHKEY_WEBHOOK_ALLOW_PRIVATE", default: false,
            "Whether webhooks may lead to private and loopback addresses, and to any port")
        let ports = settings.numbers(
            "LATCHKEY_WEBHOOK_PORTS",
            default: WebhookNetwork.usualPorts.sorted().map(Int.init), in: 1...65_535,
            "Ports that webhooks may lead to, comma-separated")
        webhookPorts = Set(ports.compactMap { UInt16(exactly: $0) })
        webhookRetries = settings.numbers(
            "LATCHKEY_WEBHOOK_RETRIES", default: DeliverySchedule.standard, in: 0...604_800,
            "Seconds after each failed attempt of a webhook's delivery, comma-separated")
        webhookHostRate = settings.integer(
            "LATCHKEY_WEBHOOK_HOST_RATE", default: 20, in: 0...100_000,
            "Deliveries a second at one host and port, over all owners, in bursts of two seconds' "
                + "worth; 0 for no limit")
        quotas = InvitationQuotas(&settings)
    }
}
