using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Blocking.Blocks;

/// <summary>A person blocks an address. Answers the entry's identity.</summary>
/// <param name="Target">Address or range.</param>
/// <param name="Reason">Why, at most 500 characters.</param>
/// <param name="Minutes">How long, 1 to 525,600; null for the step of the offence.</param>
/// <param name="Devices">Devices by identity; empty chooses by group.</param>
/// <param name="Group">Group of devices; empty for all that can block.</param>
/// <param name="Incident">Incident that it belongs to.</param>
/// <param name="Key">Identity of the wish: the same again does nothing new. Empty makes one.</param>
internal sealed record BlockAddress(string Target, string Reason, int? Minutes = null, IReadOnlyList<Guid>? Devices = null, string? Group = null, Guid? Incident = null, string? Key = null) : IBlockOrder, ICommand<Guid>, INeeds<BlockingWrite>
{
    public BlockWish Wish(string by) => new()
    {
        Key = string.IsNullOrWhiteSpace(Key) ? "person/" + Guid.CreateVersion7().ToString("N") : Key.Trim(),
        Target = Target,
        Reason = Reason,
        For = Minutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        Devices = Devices ?? [],
        Group = Group ?? "",
        Incident = Incident,
        By = by,
    };
}

/// <summary>What blocking an address would do; changes nothing.</summary>
internal sealed record ForeseeAddress(string Target, int? Minutes = null, IReadOnlyList<Guid>? Devices = null, string? Group = null) : IQuery<BlockForecast>, INeeds<BlockingWrite>;

/// <summary>Another module wants a target blocked.</summary>
internal sealed record WantBlock(BlockWish Wish) : ICommand<Guid>, INeeds<BlockingWrite>;

/// <summary>What another module's wish would do.</summary>
internal sealed record ForeseeBlock(BlockWish Wish) : IQuery<BlockForecast>, INeeds<BlockingRead>;

/// <summary>Devices that can block, and those that can't at present.</summary>
internal sealed record ListBlockDevices : IQuery<IReadOnlyList<BlockDevice>>, INeeds<BlockingRead>;

file sealed class Validator : BlockOrderRules<BlockAddress>;

file sealed class ForeseeValidator : AbstractValidator<ForeseeAddress>
{
    public ForeseeValidator()
    {
        RuleFor(c => c.Target).NotEmpty().MaximumLength(10_000);
        RuleFor(c => c.Minutes).InclusiveBetween(1, 525_600);
        RuleFor(c => c.Devices).Must(d => d is null || d.Count <= 500).WithMessage("Name at most 500 devices.");
        RuleFor(c => c.Group).MaximumLength(200);
    }
}

file sealed class WishValidator : AbstractValidator<WantBlock>
{
    public WishValidator() => RuleFor(c => c.Wish).SetValidator(new WishRules());
}

file sealed class ForeseeWishValidator : AbstractValidator<ForeseeBlock>
{
    public ForeseeWishValidator() => RuleFor(c => c.Wish).SetValidator(new WishRules());
}

file sealed class WishRules : AbstractValidator<BlockWish>
{
    public WishRules()
    {
        RuleFor(w => w.Key).NotEmpty().MaximumLength(200);
        RuleFor(w => w.Target).NotEmpty().MaximumLength(10_000);
        RuleFor(w => w.Reason).NotNull().MaximumLength(500);
        RuleFor(w => w.By).NotEmpty().MaximumLength(200);
        RuleFor(w => w.Devices).Must(d => d.Count <= 500).WithMessage("Name at most 500 devices.");
        RuleFor(w => w.Group).NotNull().MaximumLength(200);
        RuleFor(w => w.For).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));
    }
}

file sealed class Handler(BlockDesk desk, CurrentActor current, Drive.DeviceBook devices) : ICommandHandler<BlockAddress, Guid>, IQueryHandler<ForeseeAddress, BlockForecast>, ICommandHandler<WantBlock, Guid>, IQueryHandler<ForeseeBlock, BlockForecast>,
    IQueryHandler<ListBlockDevices, IReadOnlyList<BlockDevice>>
{
    public Task<Result<Guid>> Handle(BlockAddress request, CancellationToken cancellationToken) => desk.Want(request.Wish(current.Actor.Name), false, cancellationToken);

    public async Task<Result<BlockForecast>> Handle(ForeseeAddress request, CancellationToken cancellationToken) =>
        await desk.Foresee(new BlockAddress(request.Target, "", request.Minutes, request.Devices, request.Group).Wish(current.Actor.Name), cancellationToken);

    public Task<Result<Guid>> Handle(WantBlock request, CancellationToken cancellationToken) => desk.Want(request.Wish, false, cancellationToken);

    public async Task<Result<BlockForecast>> Handle(ForeseeBlock request, CancellationToken cancellationToken) => await desk.Foresee(request.Wish, cancellationToken);

    public async Task<Result<IReadOnlyList<BlockDevice>>> Handle(ListBlockDevices request, CancellationToken cancellationToken) =>
        Result<IReadOnlyList<BlockDevice>>.Of([.. (await devices.All(cancellationToken)).Select(d => d.Device)]);
}
