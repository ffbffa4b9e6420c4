/** For bash, with bash-completion if it is there: it knows words with colons, as images have them. */
const BASH = `# bash completion for kubectl-headstart and headstart
_headstart() {
    local cur=\${COMP_WORDS[COMP_CWORD]} cword=$COMP_CWORD line
    local -a words=("\${COMP_WORDS[@]}") lines=()
    if declare -F _get_comp_words_by_ref >/dev/null; then
        _get_comp_words_by_ref -n =: cur words cword
    fi
    while IFS= read -r line; do lines+=("$line"); done < <("\${words[0]}" __complete "\${words[@]:1:cword}" 2>/dev/null)
    COMPREPLY=()
    for line in "\${lines[@]}"; do
        case $line in
            :0) compopt -o default ;;
            :6) compopt -o nospace ;;
            :*) ;;
            *) COMPREPLY+=("$line") ;;
        esac
    done
    if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$cur"; fi
}
complete -F _headstart kubectl-headstart headstart
`;

const ZSH = `#compdef kubectl-headstart headstart
_headstart() {
    local -a lines
    lines=("\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
    local directive=\${lines[-1]}
    lines[-1]=()
    if [[ $directive == ":0" ]]; then
        _files
    elif [[ $directive == ":6" ]]; then
        compadd -S '' -- "\${lines[@]}"
    else
        compadd -- "\${lines[@]}"
    fi
}
compdef _headstart kubectl-headstart headstart
`;

const FISH = `# fish completion for kubectl-headstart and headstart
function __headstart_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines (command $words[1] __complete $words[2..-1] 2>/dev/null)
    if test "$lines[-1]" = ":0"
        __fish_complete_path (commandline -ct)
    else
        string match --invert --regex '^:' -- $lines
    end
end
complete -c kubectl-headstart -f -a '(__headstart_complete)'
complete -c headstart -f -a '(__headstart_complete)'
`;

/** What kubectl 1.26 and newer runs to complete a plugin, when it is on the PATH as `kubectl_complete-headstart`. */
const KUBECTL = `#!/bin/sh
exec kubectl-headstart __complete "$@"
`;

/** The scripts that `completion` prints. */
export const COMPLETION_SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH, kubectl: KUBECTL } as const;
