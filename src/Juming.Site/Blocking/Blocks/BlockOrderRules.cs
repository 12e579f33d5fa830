using FluentValidation;

namespace Juming.Site.Blocking.Blocks;

/// <summary>What a person says of a block, whether it is done at once or a second person is asked first.</summary>
internal interface IBlockOrder
{
    string Target { get; }
    string Reason { get; }
    int? Minutes { get; }
    IReadOnlyList<Guid>? Devices { get; }
    string? Group { get; }
    string? Key { get; }
}

/// <summary>What holds for each of them.</summary>
internal abstract class BlockOrderRules<T> : AbstractValidator<T> where T : IBlockOrder
{
    protected BlockOrderRules()
    {
        // Any text may come as the target: what it is, and what is wrong with it, says the check of protected addresses, which records each try.
        RuleFor(c => c.Target).NotEmpty().MaximumLength(10_000);
        RuleFor(c => c.Reason).NotEmpty().MaximumLength(500).Must(r => r is null || !r.Any(char.IsControl)).WithMessage("A reason is one line.");
        RuleFor(c => c.Minutes).InclusiveBetween(1, 525_600);
        RuleFor(c => c.Devices).Must(d => d is null || d.Count <= 500).WithMessage("Name at most 500 devices.");
        RuleFor(c => c.Group).MaximumLength(200);
        RuleFor(c => c.Key).MaximumLength(200);
    }
}
