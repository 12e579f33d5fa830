using System.ComponentModel.DataAnnotations;
using Juming.Platform.Modules;

namespace Juming.Platform.Content;

/// <summary>Signed content that travels from the cloud down.</summary>
public sealed class ContentSettings : IValidatableObject
{
    /// <summary>Fingerprint of the cloud's first root, 64 hexadecimal digits as the cloud shows it: what begins with it is trusted without a question. Empty: a person confirms it.</summary>
    public string Root { get; set; } = "";

    /// <summary>Most content that is kept here, MiB.</summary>
    [Range(64, 1_000_000)]
    public int MostMegabytes { get; set; } = 4096;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Root.Length > 0 && Format.Members.HashOf(Root) is null) yield return new SettingProblem(nameof(Root), $"'{Root}' is no fingerprint", "empty, or 64 lower-case hexadecimal digits");
    }
}
