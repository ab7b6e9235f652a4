import Contract
import ServiceKit
import Synchronization
import TestSupport
import Testing

/// Records the calls to a neighbour, with the ids of the goldens: ids that each test generates are
/// replaced by those.
final class Asked: Sendable {
    private let list = Mutex<[String]>([])
    /// Real ids by the ids of a golden.
    private let real = Mutex<[String: String]>([:])

    var bodies: [String] { list.withLock { $0 } }

    func add(_ body: String) {
        let body = golden(body)
        list.withLock { $0.append(body) }
    }

    /// The received bytes, with the ids of the goldens.
    func golden(_ text: String) -> String {
        real.withLock { names in
            names.reduce(text) { $0.replacing($1.value, with: $1.key) }
        }
    }

    /// From now on `id` replaces `golden` of the goldens, in responses too.
    func call(_ id: String, _ golden: String) { real.withLock { $0[golden] = id } }

    /// A golden's bytes, with the real ids.
    func real(_ text: String) -> String {
        real.withLock { names in
            names.reduce(text) { $0.replacing($1.key, with: $1.value) }
        }
    }

    /// Forgets the calls so far.
    func forget() { list.withLock { $0 = [] } }
}

/// Expects that the neighbour got one event of the golden's type, with the golden's bytes; only the
/// event's own id differs.
func expectTold(
    _ asked: Asked, _ golden: String, at location: SourceLocation = #_sourceLocation
) async throws {
    let agreed = try Golden.value(golden, as: InternalEvent.self)
    func told() -> [String] {
        asked.bodies.filter { body in
            let event = try? JSON.decode(InternalEvent.self, Array(body.utf8))
            return event?.type == agreed.type
        }
    }
    let isTold = await eventually { !told().isEmpty }
    #expect(isTold, "\(asked.bodies)", sourceLocation: location)
    let body = try #require(told().first, sourceLocation: location)
    let event = try JSON.decode(InternalEvent.self, Array(body.utf8))
    #expect(event.id.hasPrefix("evt_"), sourceLocation: location)
    let text = try Golden.text(golden)
    #expect(body.replacing(event.id, with: agreed.id) == text, sourceLocation: location)
    #expect(told().count == 1, sourceLocation: location)
}

/// Expects that the service handles the golden's event once, and accepts it again without effect.
func expectTakenOnce(
    _ golden: String, _ asked: Asked, _ api: APIClient, as identity: String,
    at location: SourceLocation = #_sourceLocation
) async throws {
    let event = asked.real(try Golden.text(golden))
    let first = try await api.call(
        "POST", InternalEvent.deliver.path, body: event, fields: [identity])
    #expect(first.text == (try Golden.text("event-receipt")), sourceLocation: location)
    let second = try await api.call(
        "POST", InternalEvent.deliver.path, body: event, fields: [identity])
    #expect(second.text == #"{"applied":false}"#, sourceLocation: location)
}
