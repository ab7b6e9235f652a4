import Kernel

/// Consecutive events of one context, in their order.
public struct OutgoingEvents: Codable, Sendable {
    /// How many at most.
    public static let maximum = 200
    /// Bytes of data in all, of more events than one: the server takes a MiB.
    public static let bytes = 256 * 1_024

    /// At least one.
    public let events: [OutgoingEvent]

    public init(_ events: [OutgoingEvent]) { self.events = events }

    /// Where the context that has the webhooks takes them. Answers `Receipt`.
    public static let deliver = Endpoint(
        "deliverOutgoingEvents", .post, "/internal/outgoing-events", access: .service,
        readsOnly: false, summary: "Receive another service's changes for webhooks and the feed")

    /// The answer, once they are on disk.
    public struct Receipt: Codable, Sendable {
        /// How many were new.
        public let added: Int

        public init(added: Int) { self.added = added }
    }
}

extension OutgoingEvent {
    /// The same for another user's own feed, or nobody's.
    public func owned(by owner: String?) -> OutgoingEvent {
        OutgoingEvent(
            position: position, id: id, type: type, at: at, actorId: actorId, actingId: actingId,
            subject: subject, parent: parent, owners: owner.map { [$0] } ?? [],
            organization: organization, data: data)
    }
}
