complete -c eulb-register-instances-with-lb -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb-register-instances-with-lb -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb-register-instances-with-lb -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb-register-instances-with-lb -s S -l secret-key -d 'Secret key' -r
complete -c eulb-register-instances-with-lb -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb-register-instances-with-lb -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb-register-instances-with-lb -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb-register-instances-with-lb -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb-register-instances-with-lb -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb-register-instances-with-lb -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb-register-instances-with-lb -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb-register-instances-with-lb -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb-register-instances-with-lb -l instances -d 'Instances to register (required)' -r
complete -c eulb-register-instances-with-lb -l wait-timeout -d 'Seconds after which --wait gives up: 600, if not given' -r
complete -c eulb-register-instances-with-lb -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb-register-instances-with-lb -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb-register-instances-with-lb -l debug -d 'Show debugging output on standard error'
complete -c eulb-register-instances-with-lb -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb-register-instances-with-lb -l version -d 'Show the program\'s version and exit'
complete -c eulb-register-instances-with-lb -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb-register-instances-with-lb -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb-register-instances-with-lb -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb-register-instances-with-lb -l wait -d 'Wait until it has taken effect; see eulb-wait(1)'
function __eulb_asking
    command -q eulb; and eulb complete -- (commandline -opc) (commandline -ct) 2>/dev/null
end
complete -c eulb-register-instances-with-lb -l release -x -a '(__eulb_asking)'
complete -c eulb-register-instances-with-lb -l color -x -a '(__eulb_asking)'
complete -c eulb-register-instances-with-lb -l output -x -a '(__eulb_asking)'
complete -c eulb-register-instances-with-lb -l dry-run -x -a '(__eulb_asking)'
complete -c eulb-register-instances-with-lb -l instances -x -a '(__eulb_asking)'
complete -c eulb-register-instances-with-lb -f -a '(__eulb_asking)'
