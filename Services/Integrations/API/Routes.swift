import Contract
import HTTPCore
import IntegrationsContract
import Kernel
import ServiceKit

/// The URL table of the integrations context.
struct IntegrationsAPI: Sendable {
    let useCases: IntegrationsUseCases
    /// The prefix of every path in links: the path of LATCHKEY_PUBLIC_URL.
    var base = ""
    var faults = CrashPoints()

    var routes: [Route] {
        integrations + sharing + teams
            + [
                .audit(IntegrationRoutes.listAudit) {
                    try useCases.listAudit(of: $0, $1, $2, by: $3)
                },
                .auditTail(of: useCases), .offboardingState(of: useCases),
                .now(ShareNoticeRoutes.standing) {
                    .json(try useCases.standingShares(try $0.decode(StandingSharesQuery.self)))
                },
                .events(useCases, faults),
                .now(ProvisioningRoutes.findTeams) {
                    .json(try useCases.provisionedTeams(try $0.decode(ProvisionedTeamsQuery.self)))
                },
                .later(ProvisioningRoutes.changeTeam) {
                    .json(
                        try await useCases.provision(
                            try $0.decode(ProvisionedTeamCommand.self)))
                },
            ] + useCases.decisionRoutes
    }

    private var integrations: [Route] {
        [
            .later(IntegrationRoutes.listIntegrations) { try await listIntegrations($0) },
            .change(IntegrationRoutes.createIntegration) { try await createIntegration($0) },
            .later(IntegrationRoutes.getIntegration) { try await getIntegration($0) },
            .change(IntegrationRoutes.updateIntegration) { try await updateIntegration($0) },
            .change(IntegrationRoutes.deleteIntegration) { try await deleteIntegration($0) },
            .later(IntegrationRoutes.getIntegrationAccess) { try await getAccess($0) },
        ]
    }

    private var sharing: [Route] {
        [
            .later(IntegrationRoutes.listIntegrationShares) { try await listShares($0) },
            .later(IntegrationRoutes.getIntegrationShare) { try await getShare($0) },
            .change(IntegrationRoutes.shareIntegration) { try await share($0) },
            .change(IntegrationRoutes.revokeIntegrationShare) { try await unshare($0) },
            .later(IntegrationRoutes.getIntegrationOwner) { try await getOwner($0) },
            .change(IntegrationRoutes.transferIntegration) { try await changeOwner($0) },
        ]
    }

    private var teams: [Route] {
        [
            .now(IntegrationRoutes.listTeams) { try listTeams($0) },
            .change(IntegrationRoutes.createTeam) { try await createTeam($0) },
            .now(IntegrationRoutes.getTeam) { try getTeam($0) },
            .change(IntegrationRoutes.updateTeam) { try await updateTeam($0) },
            .change(IntegrationRoutes.deleteTeam) { try await deleteTeam($0) },
            .later(IntegrationRoutes.listTeamMembers) { try await listTeamMembers($0) },
            .change(IntegrationRoutes.setTeamMember) { try await setTeamMember($0) },
            .change(IntegrationRoutes.removeTeamMember) { try await removeTeamMember($0) },
        ]
    }
}
