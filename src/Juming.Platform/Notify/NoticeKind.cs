using Juming.Platform.Access;

namespace Juming.Platform.Notify;

/// <summary>
/// A code of notices: where its texts are and who sees it in the console when no rule says otherwise. Modules add one a code to the services. The resources hold
/// <c>Notice.{code}</c>, one line, and <c>Notice.{code}.Text</c>, a few. Places are <c>{name}</c>; <c>{name:Prefix}</c> shows the resource <c>Prefix.value</c>
/// where there is one.
/// </summary>
/// <param name="Code">"incidents.opened".</param>
/// <param name="Resources">Type whose resources hold the texts.</param>
/// <param name="Audience">Roles whose people find it in the console.</param>
public sealed record NoticeKind(string Code, Type Resources, params IReadOnlyList<Role> Audience);
