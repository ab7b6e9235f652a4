import GatewayContract
import Kernel
import SQLite
import WriteKit

/// Creates users whom the platform's identity provider knows, and who come for the first time.
struct Newcomers: GatewayUseCases {
    let database: Database
    let ids: IDMinter

    /// - Returns: the user with the external id, created unless they exist by now; nil if the
    ///   address is another user's, or none.
    func create(_ newcomer: NewcomerCommand, requestId: String) async throws -> NamedUser? {
        guard let email = try? Text.email(newcomer.email, pointer: "/email") else { return nil }
        let displayName = newcomer.displayName.flatMap {
            try? Text.name($0, pointer: "/displayName")
        }
        let externalId = try ExternalID.check(newcomer.externalId, pointer: "/externalId")
        return try await database.write { [audit] tx in
            if let user = try UserStore.find(externalId: externalId, in: tx) {
                return NamedUser(user)
            }
            guard try UserStore.id(email: email, in: tx) == nil else { return nil }
            let user = try NewUser.make(
                email: email, name: newcomer.username, displayName: displayName,
                externalId: externalId, role: .member, ids: ids, in: tx)
            let caller = Caller(
                userId: user.id, tokenId: newcomer.tokenId, requestId: requestId)
            try audit.record(.created(user), by: caller, in: tx)
            return NamedUser(user)
        }
    }
}
