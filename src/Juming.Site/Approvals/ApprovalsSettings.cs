using System.ComponentModel.DataAnnotations;

namespace Juming.Site.Approvals;

/// <summary>Settings of approvals, section <c>Modules:Approvals</c>.</summary>
public sealed class ApprovalsSettings
{
    /// <summary>Days that a decided approval is kept, 30 to 3,650. The audit trail keeps the act itself.</summary>
    [Range(30, 3650)]
    public int KeepDays { get; set; } = 365;
}
