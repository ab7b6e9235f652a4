import Contract
import Kernel

/// An event as subscribers receive it.
struct PublicEvent: Sendable, Equatable {
    /// In the order of events: the feed's sequence.
    let number: Int
    let id: String
    let type: String
    let at: Timestamp
    let actorId: String?
    let actingId: String?
    let subject: AuditEntryBody.Subject
    let parent: AuditEntryBody.Subject?
    /// The user who receives it among their own.
    let owner: String?
    /// The organization whose admins can receive it.
    let organization: String?
    /// Whether it is for its owner or one webhook alone.
    let isPrivate: Bool
    /// JSON.
    let data: String

    /// The thing whose events are sent in order.
    var line: String { (parent ?? subject).id }

    /// As webhooks and the feed show it, always the same bytes, since they are signed. Members are
    /// in the order of their names.
    var json: String {
        var writer = JSONByteWriter(capacity: 256 + data.utf8.count)
        writer.object { writer in
            writer.member("acting_id", actingId)
            writer.member("actor_id", actorId)
            writer.member("created_at", at)
            writer.member("data", json: data)
            writer.member("id", id)
            Self.write(parent, as: "parent", to: &writer)
            writer.member("sequence", number)
            Self.write(subject, as: "subject", to: &writer)
            writer.member("type", type)
        }
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    private static func write(
        _ thing: AuditEntryBody.Subject?, as name: String, to writer: inout JSONByteWriter
    ) {
        writer.member(name)
        guard let thing else { return writer.append("null") }
        writer.object { writer in
            writer.member("id", thing.id)
            writer.member("type", thing.type)
        }
    }
}

extension PublicEvent {
    func copied(_ id: String, for owner: String) -> OutgoingEvent {
        OutgoingEvent(
            id: id, type: type, at: at, actorId: actorId, actingId: actingId, subject: subject,
            parent: parent, owners: [owner], organization: nil, data: data)
    }

    init(number: Int, _ event: OutgoingEvent, isPrivate: Bool = false) {
        self.init(
            number: number, id: event.id, type: event.type, at: event.at, actorId: event.actorId,
            actingId: event.actingId, subject: event.subject, parent: event.parent,
            owner: event.owner, organization: event.organization, isPrivate: isPrivate,
            data: event.data)
    }
}
