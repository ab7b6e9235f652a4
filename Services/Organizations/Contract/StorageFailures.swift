import Contract

extension OrganizationRoutes {
    /// What may be wrong with a bucket, each 422 with the member of the body at fault.
    static let storageFailures: [Documentation.Cause] = [
        Documentation.Cause(422, "storage_dns_failed", "The endpoint's name can't be resolved."),
        Documentation.Cause(
            422, "storage_address_forbidden", "The endpoint is at an address that is off limits."),
    ]
}
