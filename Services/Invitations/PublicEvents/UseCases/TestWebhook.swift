import Contract
import InvitationsContract
import Kernel
import OpenAPI
import SQLite
import WriteKit

extension WebhooksUseCases {
    /// Sends a test event to one webhook.
    /// - Parameter type: `webhook.test`, or one of the catalog: its example is sent.
    func testWebhook(
        _ id: String, _ type: String = InvitationEvents.test, by caller: Caller
    ) throws -> PendingWrite<Webhook, Delivery> {
        let example = try EventExample(type)
        return change(webhook: id, of: caller) { [self] tx, webhook in
            // Nobody has proved that the receiver is theirs, so there is one test at a time.
            if try DeliveryStore.isPending(about: webhook.id, at: webhook.id, in: tx) {
                throw Fault(WebhookProblems.testPending)
            }
            let test = OutgoingEvent(
                id: ids.make("evt_"), type: type, at: tx.now, actorId: caller.userId,
                actingId: caller.isActedFor ? caller.actingId : nil,
                subject: example?.subject
                    ?? AuditEntryBody.Subject(type: "webhook", id: webhook.id),
                parent: example?.parent, owners: [], organization: nil,
                data: example?.data ?? #"{"webhook_id":"\#(webhook.id)"}"#)
            guard let event = try EventStore.add(test, isPrivate: true, in: tx) else {
                throw Fault.unexpected("an id that was there already")
            }
            let delivery = Delivery(
                webhookId: webhook.id, eventNumber: event.number, eventId: event.id,
                type: event.type, subjectId: webhook.id, status: .pending, nextAt: Delivery.now,
                createdAt: tx.now)
            try DeliveryStore.insert(delivery, in: tx)
            return delivery
        }
    }
}

/// An event as the reference shows it.
private struct EventExample: Sendable {
    let subject: AuditEntryBody.Subject
    let parent: AuditEntryBody.Subject?
    /// JSON.
    let data: String

    /// - Returns: nil for `webhook.test`, which says which webhook it is for.
    /// - Throws: 422 for an unknown type.
    init?(_ type: String) throws {
        guard type != InvitationEvents.test else { return nil }
        guard let notice = EventCatalog.notices.first(where: { $0.type == type }) else {
            throw Fault.invalid("/type", Text.rule(among: EventTypes.testable))
        }
        subject = notice.subject
        parent = notice.parent
        data = try notice.example["data"]?.text ?? "{}"
    }
}
