import Collaboration
import InvitationsContract
import Kernel
import PublicEvents
import ServiceKit
import Workspaces

/// The URL table of the invitations context.
struct InvitationsAPI: Sendable {
    let context: InvitationsContext
    var faults = CrashPoints()

    var routes: [Route] {
        CollaborationAPI(useCases: context.invitations).routes
            + WorkspacesAPI(useCases: context.workspaces).routes
            + WebhooksAPI(useCases: context.webhooks, faults: faults).routes
            + [
                .later(InvitationQueries.view) { try await view($0) },
                .later(InvitationQueries.answer) { try await answer($0) },
                .later(InvitationQueries.ask) { try await ask($0) },
                .auditTail(of: context), .offboardingState(of: context),
                .events(context, faults),
            ] + context.workspaces.decisionRoutes
    }
}
