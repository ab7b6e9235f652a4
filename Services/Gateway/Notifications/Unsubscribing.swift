import Contract
import GatewayContract
import HTTPCore
import Kernel
import SQLite
import WriteKit

/// Turns off mails about shares for who has the token of one. It can't turn them on.
struct Unsubscribing: Sendable {
    private static let length = 1...100

    let users: Users

    static func makeToken(_ random: any RandomSource) -> String {
        Base64URL.encode(random.bytes(32))
    }

    static func digest(_ token: String) -> [UInt8] { SHA256.hash(Array(token.utf8)) }

    /// Of the page, with the token.
    static func path(_ token: String) -> String {
        "\(NotificationRoutes.showUnsubscribe.path)?token=\(PercentEncoding.encode(token))"
    }

    /// The user to whom the token's mail was sent; nil for an unknown token.
    func user(of token: String) throws -> User? {
        guard Self.length.contains(token.utf8.count) else { return nil }
        return try users.database.read { try Self.user(of: token, in: $0) }
    }

    /// - Returns: the user; nil for an unknown token.
    func unsubscribe(_ token: String, requestId: String) async throws -> User? {
        guard let user = try user(of: token) else { return nil }
        // Mail programs repeat it.
        guard user.emailNotifications else { return user }
        return try await users.database.write { tx in
            guard let former = try Self.user(of: token, in: tx) else { return nil }
            var user = former
            user.emailNotifications = false
            if user != former {
                try users.save(
                    user, former, by: Caller(userId: user.id, requestId: requestId), in: tx)
            }
            return user
        }
    }

    private static func user(of token: String, in db: some Queryable) throws -> User? {
        guard let id = try UnsubscribeStore.userId(of: digest(token), in: db) else { return nil }
        return try UserStore.find(id, in: db)
    }
}
