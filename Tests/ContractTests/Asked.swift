import Contract
import ServiceKit
import Synchronization
import TestSupport
import Testing

/// What a neighbour was asked, in the ids of the goldens: those that are made anew in each test go
/// by other names there.
final class Asked: Sendable {
    private let list = Mutex<[String]>([])
    /// By the ids of a golden.
    private let real = Mutex<[String: String]>([:])

    var bodies: [String] { list.withLock { $0 } }

    func add(_ body: String) {
        let body = golden(body)
        list.withLock { $0.append(body) }
    }

    /// What came from here, in the ids of the goldens.
    func golden(_ text: String) -> String {
        real.withLock { names in
            names.reduce(text) { $0.replacing($1.value, with: $1.key) }
        }
    }

    /// From now on `id` stands where the goldens have `golden`, in answers too.
    func call(_ id: String, _ golden: String) { real.withLock { $0[golden] = id } }

    /// What is played from a golden, with the ids that are real here.
    func real(_ text: String) -> String {
        real.withLock { names in
            names.reduce(text) { $0.replacing($1.key, with: $1.value) }
        }
    }

    /// What comes after this is looked at by itself.
    func forget() { list.withLock { $0 = [] } }
}

/// The neighbour was told of one event of the golden's type, in the golden's bytes; only the
/// event's own id is another.
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

/// The service takes the golden's event, and the same once more without doing anything.
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
