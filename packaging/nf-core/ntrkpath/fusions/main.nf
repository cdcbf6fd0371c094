process NTRKPATH_FUSIONS {
    tag "${meta.id}"
    label 'process_single'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/ntrkpath:0.1.0--pyhdfd78af_0'
        : 'biocontainers/ntrkpath:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(fusions, stageAs: 'calls/*')

    output:
    tuple val(meta), path("${prefix}.ntrkpath.json"), emit: json
    tuple val(meta), path("${prefix}.ntrkpath.tsv"), emit: tsv
    tuple val(meta), path("${prefix}_ntrkpath_mqc.json"), emit: multiqc
    tuple val("${task.process}"), val('ntrkpath'), eval("ntrkpath --version | sed 's/.* //'"), emit: versions_ntrkpath, topic: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    // A file that could not be read ends the task (65); what could be read stands in the outputs all the same.
    """
    code=0
    for form in json tsv multiqc; do
        case \$form in
            json) out=${prefix}.ntrkpath.json ;;
            tsv) out=${prefix}.ntrkpath.tsv ;;
            multiqc) out=${prefix}_ntrkpath_mqc.json ;;
        esac
        ntrkpath fusions calls/* --sample ${prefix} --format \$form --out \$out ${args} || code=\$?
    done
    exit \$code
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.ntrkpath.json ${prefix}.ntrkpath.tsv ${prefix}_ntrkpath_mqc.json
    """
}
