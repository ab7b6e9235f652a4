import Kernel
import SQLite

/// A caller's effective access, for responses.
struct IntegrationAccess: Sendable, Equatable {
    enum Via: Sendable, Equatable {
        case owner
        case platformAdmin
        case share(NamedPrincipal)
    }

    let level: AccessLevel
    let via: Via
}

extension IntegrationsUseCases {
    func getAccess(to reference: String, by caller: Caller) async throws -> IntegrationAccess {
        let (found, teams) = try read(.see, on: reference, by: caller) { reader, _, standing in
            let access = EffectiveAccess(standing)
            return (
                access, try PrincipalNames(of: access?.principal.map { [$0] } ?? [], in: reader)
            )
        }
        guard let access = found else { throw Fault.notFound }
        let names = try await teams.addingUsers(from: self)
        let via: IntegrationAccess.Via =
            switch access.via {
            case .owner: .owner
            case .platformAdmin: .platformAdmin
            case .share(let principal): .share(names[principal])
            }
        return IntegrationAccess(level: access.level, via: via)
    }
}

extension EffectiveAccess {
    /// The principal whose share gives the level.
    fileprivate var principal: Principal? {
        if case .share(let principal) = via { principal } else { nil }
    }
}
