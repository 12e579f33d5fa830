using Juming.Platform.Handlers;
using Juming.Site.Collection.Packs;

namespace Juming.Site.Collection.Workbench;

/// <summary>Takes a pack file of the site out of force; the version before it, if any, is in force again. The file is kept.</summary>
internal sealed record WithdrawPack(string File) : ICommand<Done>, INeeds<CollectionPublish>;

/// <summary>Puts a withdrawn pack file back.</summary>
internal sealed record RestorePack(string File) : ICommand<Done>, INeeds<CollectionPublish>;

file sealed class WithdrawHandler(SitePacks packs) : ICommandHandler<WithdrawPack, Done>
{
    public Task<Result<Done>> Handle(WithdrawPack request, CancellationToken cancellationToken) => Task.FromResult(packs.Withdraw(request.File));
}

file sealed class RestoreHandler(SitePacks packs) : ICommandHandler<RestorePack, Done>
{
    public Task<Result<Done>> Handle(RestorePack request, CancellationToken cancellationToken) => Task.FromResult(packs.Restore(request.File));
}
