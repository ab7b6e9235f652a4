import Kernel
import SQLite

/// A share, and whom it is given to.
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
            let shares = try ShareStore.page(of: integration, page, in: reader)
            return (shares, try Names(of: shares.items.map(\.principal), in: reader))
        }
        let names = try await complete(teams)
        return shares.map { ShareWithUser(share: $0, principal: names[$0.principal]) }
    }

    /// - Parameter name: nil names nobody.
    func getShare(
        of reference: String, with name: PrincipalName?, by caller: Caller
    ) async throws -> ShareWithUser {
        try read(.see, on: reference, by: caller) { _, _, _ in }
        guard let name else { throw Fault.notFound }
        let candidate = try await candidate(name, toldTo: nil)
        return try read(.see, on: reference, by: caller) { reader, integration, _ in
            guard let principal = try candidate.resolve(in: reader),
                let share = try ShareStore.find(
                    principal.principal, of: integration.id, in: reader)
            else { throw Fault.notFound }
            return ShareWithUser(share: share, principal: principal)
        }
    }
}
