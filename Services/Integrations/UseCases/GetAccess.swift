import Kernel
import SQLite

/// What a caller's access amounts to, as answers show it.
struct ListedAccess: Sendable, Equatable {
    let access: EffectiveAccess
    /// The principal whose share counts.
    let principal: NamedPrincipal?
}

extension IntegrationsUseCases {
    /// The highest of all that the caller has.
    func getAccess(to reference: String, by caller: Caller) async throws -> ListedAccess {
        let access = try read(.see, on: reference, by: caller) { EffectiveAccess($2) }
        guard let access else { throw Fault.notFound }
        guard case .share(let principal) = access.via else {
            return ListedAccess(access: access, principal: nil)
        }
        return ListedAccess(access: access, principal: try await names(of: [principal])[principal])
    }
}
