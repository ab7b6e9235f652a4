import Contract
import GatewayClient
import Synchronization

/// The users that exist.
public final class FakeDirectory: Directory {
    private let users = Mutex<[String: Person]>([:])

    public init() {}

    /// Adds "bob" as `usr_bob`, bob@example.com, Bob; returns his id.
    public func add(_ name: String) -> String {
        let person = Person(
            id: "usr_\(name)", email: "\(name)@example.com", username: name,
            displayName: name.prefix(1).uppercased() + name.dropFirst())
        users.withLock { $0[person.id] = person }
        return person.id
    }

    public func remove(_ id: String) { users.withLock { _ = $0.removeValue(forKey: id) } }

    public func persons(ids: [String]) -> [String: Person] {
        users.withLock { users in users.filter { ids.contains($0.key) } }
    }

    public func persons(emails: [String]) -> [String: Person] {
        let found = users.withLock { users in users.values.filter { emails.contains($0.email) } }
        return Dictionary(found.map { ($0.email, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
