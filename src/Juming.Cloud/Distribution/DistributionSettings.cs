using System.ComponentModel.DataAnnotations;
using Juming.Cloud.ThreatIntel;
using Juming.Platform.Modules;

namespace Juming.Cloud.Distribution;

/// <summary>What of the merged indicators goes out, section <c>Modules:Distribution</c>.</summary>
public sealed class DistributionSettings : IValidatableObject
{
    /// <summary>The strictest marking that is still passed on: Clear, Green, Amber or AmberStrict. Red never leaves.</summary>
    public Tlp StrictestTlp { get; set; } = Tlp.Amber;

    /// <summary>Milliseconds between two looks for changes, 100 to 60,000.</summary>
    [Range(100, 60_000)]
    public int LookEachMilliseconds { get; set; } = 500;

    /// <summary>Changes that gather before the whole set is made anew, 100 to 150,000; a tenth of the set, where that is more.</summary>
    [Range(100, 150_000)]
    public int RebuildFrom { get; set; } = 20_000;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (StrictestTlp is Tlp.Red || !Enum.IsDefined(StrictestTlp)) yield return new SettingProblem(nameof(StrictestTlp), "what is marked Red is for named people only", "Clear, Green, Amber or AmberStrict");
    }
}
