using System.ComponentModel.DataAnnotations;

namespace Juming.Operator.Intelligence;

/// <summary>Settings of an operator's own indicators, section <c>Modules:OwnIntel</c>.</summary>
public sealed class OwnIntelSettings
{
    /// <summary>Indicators that count at once, 10 to 50,000; sites keep them in memory.</summary>
    [Range(10, 50_000)]
    public int Most { get; set; } = 20_000;

    /// <summary>Days that an indicator counts where nothing else is said, 1 to 3,650.</summary>
    [Range(1, 3650)]
    public int Days { get; set; } = 90;

    /// <summary>Days that those which have ended are kept for explanation, 7 to 3,650.</summary>
    [Range(7, 3650)]
    public int KeepDays { get; set; } = 400;
}
