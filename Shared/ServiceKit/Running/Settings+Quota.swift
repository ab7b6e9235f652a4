import WriteKit

extension Settings {
    /// The quota with the limit that `LATCHKEY_QUOTA_…` sets in place of its own; 0 for none.
    public mutating func quota(_ quota: Quota) -> Quota {
        var quota = quota
        quota.limit = integer(
            quota.setting, default: quota.limit, in: 0...1_000_000_000,
            "Maximum number of \(quota.what); 0 for no limit")
        return quota
    }
}
