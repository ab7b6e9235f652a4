import HTTPCore
import InvitationsContract
import Kernel
import ServiceKit

/// The URL table of invitations to entities and collaborators.
package struct CollaborationAPI: Sendable {
    let useCases: InvitationsUseCases

    package init(useCases: InvitationsUseCases) { self.useCases = useCases }

    package var routes: [Route] { invitations + collaborators + queries }

    private var invitations: [Route] {
        [
            .change(InvitationRoutes.createInvitation) { try await createInvitation($0) },
            .change(InvitationRoutes.createInvitations) { try await createInvitations($0) },
            .later(InvitationRoutes.listInvitations) { try await listInvitations($0) },
            .later(InvitationRoutes.getInvitation) { try await getInvitation($0) },
            .change(InvitationRoutes.revokeInvitation) { try await revokeInvitation($0) },
            .change(InvitationRoutes.resendInvitation) { try await resendInvitation($0) },
            .later(InvitationRoutes.listMyInvitations) { try await listMyInvitations($0) },
            .change(InvitationRoutes.acceptInvitation) { try await acceptInvitation($0) },
            .change(InvitationRoutes.declineInvitation) { try await declineInvitation($0) },
        ]
    }

    private var collaborators: [Route] {
        [
            .later(InvitationRoutes.listCollaborators) { try await listCollaborators($0) },
            .change(InvitationRoutes.removeCollaborator) { try await removeCollaborator($0) },
        ]
    }

    /// For other services.
    private var queries: [Route] {
        [
            .now(InvitationQueries.collaborations) {
                .json(try useCases.collaborations(try $0.decode(CollaborationsQuery.self)))
            },
            .now(InvitationQueries.grants) {
                .json(
                    try useCases.collaboratorGrants(
                        try $0.decode(CollaboratorGrantsQuery.self)))
            },
            .later(InvitationQueries.endCollaboration) {
                .json(
                    try await useCases.endCollaboration(
                        try $0.decode(EndCollaborationCommand.self)))
            },
            .later(InvitationQueries.invite) {
                .json(try await useCases.invite(try $0.decode(InviteCommand.self)))
            },
            .now(InvitationQueries.people) {
                .json(
                    try useCases.collaboratorPeople(
                        try $0.decode(CollaboratorPeopleQuery.self)))
            },
            .now(InvitationQueries.entities) {
                .json(
                    try useCases.collaboratorEntities(
                        try $0.decode(CollaboratorEntitiesQuery.self)))
            },
        ]
    }
}
