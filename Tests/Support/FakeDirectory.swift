import Contract
import GatewayClient
import Kernel
import Synchronization

/// The users that exist.
public final class FakeDirectory: Directory {
    private let users = Mutex<[String: UserProfile]>([:])
    private let admins = Mutex<Set<String>>([])

    public init() {}

    /// Adds "bob" as `usr_bob`, bob@example.com, Bob; returns the id.
    public func add(_ name: String) -> String {
        let profile = UserProfile(
            id: "usr_\(name)", email: "\(name)@example.com", username: name,
            displayName: name.prefix(1).uppercased() + name.dropFirst())
        users.withLock { $0[profile.id] = profile }
        return profile.id
    }

    /// Makes a user a platform admin.
    public func promote(_ id: String) { admins.withLock { _ = $0.insert(id) } }

    public func demote(_ id: String) { admins.withLock { _ = $0.remove(id) } }

    public func isPlatformAdmin(_ userId: String) -> Bool {
        admins.withLock { $0.contains(userId) }
    }

    public func remove(_ id: String) { users.withLock { _ = $0.removeValue(forKey: id) } }

    /// The same user under another name.
    public func rename(_ id: String, to username: String, displayName: String? = nil) {
        users.withLock { users in
            guard let former = users[id] else { return }
            users[id] = UserProfile(
                id: id, email: former.email, username: username,
                displayName: displayName ?? former.displayName)
        }
    }

    /// The same user with a language.
    public func change(_ id: String, locale: String?) {
        users.withLock { $0[id]?.locale = locale }
    }

    /// The same user with another address.
    public func change(_ id: String, email: String) {
        users.withLock { users in
            guard let former = users[id] else { return }
            users[id] = UserProfile(
                id: id, email: email, username: former.username,
                displayName: former.displayName)
        }
    }

    public func profiles(ids: [String], disclosedTo caller: Caller?) -> [String: UserProfile] {
        users.withLock { users in users.filter { ids.contains($0.key) } }
    }

    public func profiles(ids: [String], matching search: String) -> [String: UserProfile] {
        profiles(ids: ids, disclosedTo: nil).filter { _, user in
            Text.folded("\(user.email)\n\(user.username)\n\(user.displayName)")
                .contains(Text.folded(search))
        }
    }

    public func profiles(emails: [String], disclosedTo caller: Caller? = nil) -> [String:
        UserProfile]
    {
        find(emails, by: \.email)
    }

    public func profiles(usernames: [String], disclosedTo caller: Caller? = nil) -> [String:
        UserProfile]
    {
        find(usernames, by: \.username)
    }

    private func find(_ names: [String], by key: KeyPath<UserProfile, String>) -> [String:
        UserProfile]
    {
        let all = users.withLock { Array($0.values) }
        let found = all.filter { names.contains($0[keyPath: key]) }
        return Dictionary(found.map { ($0[keyPath: key], $0) }, uniquingKeysWith: { a, _ in a })
    }
}
