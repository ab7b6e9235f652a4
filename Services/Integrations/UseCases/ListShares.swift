import Kernel
import SQLite

/// A share and the principal that has it.
struct ShareWithUser: Sendable, Equatable {
    let share: Share
    let principal: NamedPrincipal
}

extension IntegrationsUseCases {
    /// Newest first.
    func listShares(
        of reference: String, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<ShareWithUser> {
        let (shares, teams) = try read(.see, on: reference, by: caller) {
            reader, integration, _ in
            let shares = try ShareStore.page(of: integration.id, page, in: reader)
            return (shares, try PrincipalNames(of: shares.items.map(\.principal), in: reader))
        }
        let names = try await teams.addingUsers(from: self)
        return shares.map { ShareWithUser(share: $0, principal: names[$0.principal]) }
    }
}
