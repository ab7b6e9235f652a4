import WriteKit

extension WorkspacesUseCases {
    /// Workspaces by their external ids, whoever sees them.
    package var byExternalId: ThingsByExternalID {
        ThingsByExternalID(WorkspaceStore.externalIds, in: database)
    }
}
